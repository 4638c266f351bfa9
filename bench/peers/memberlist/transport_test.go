package main

import (
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/hashicorp/memberlist"
)

func mustOpen(t *testing.T) *transport {
	t.Helper()
	opened, err := openTransport()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(opened.closeSockets)
	return opened
}

func (t *transport) address() string { return fmt.Sprintf("127.0.0.1:%d", t.GetAutoBindPort()) }

func send(t *testing.T, from, to *transport, count int) {
	t.Helper()
	for i := 0; i < count; i++ {
		if _, err := from.WriteTo([]byte("twelve bytes"), to.address()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestADatagramIsCountedWithItsBytesAndArrives(t *testing.T) {
	from, to := mustOpen(t), mustOpen(t)
	send(t, from, to, 1)
	select {
	case packet := <-to.PacketCh():
		if string(packet.Buf) != "twelve bytes" {
			t.Errorf("got %q", packet.Buf)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the datagram did not arrive")
	}
	if sent := from.traffic(); sent.datagrams != 1 || sent.datagramBytes != 12 {
		t.Errorf("counted %+v", sent)
	}
}

func TestALostDatagramCountsAsSent(t *testing.T) {
	from, to := mustOpen(t), mustOpen(t)
	from.lose(50)
	send(t, from, to, 1000)
	if sent := from.traffic(); sent.datagrams != 1000 {
		t.Errorf("counted %+v", sent)
	}
	from.lose(0)
	if _, err := from.WriteTo([]byte("end"), to.address()); err != nil {
		t.Fatal(err)
	}
	arrived := 0
	for {
		select {
		case packet := <-to.PacketCh():
			if string(packet.Buf) == "end" {
				// Six standard deviations.
				if arrived < 405 || arrived > 595 {
					t.Errorf("%d of 1000 arrived at a loss of 50 %%", arrived)
				}
				return
			}
			arrived++
		case <-time.After(10 * time.Second):
			t.Fatal("the last datagram did not arrive")
		}
	}
}

func TestASilentNodeSendsNothingAndItsPortsStayOpen(t *testing.T) {
	silent, other := mustOpen(t), mustOpen(t)
	silent.fallSilent()
	if err := silent.Shutdown(); err != nil {
		t.Fatal(err)
	}
	send(t, silent, other, 1)
	if sent := silent.traffic(); sent.datagrams != 0 {
		t.Errorf("a silent node sent %+v", sent)
	}
	// A port that is closed refuses the second datagram on a connected socket; one that is open does not.
	socket, err := net.Dial("udp", silent.address())
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	for i := 0; i < 3; i++ {
		if _, err := socket.Write([]byte("is anybody there")); err != nil {
			t.Errorf("refused: %v", err)
		}
	}
	select {
	case <-silent.StreamCh():
		t.Error("a silent node took a connection")
	default:
	}
}

func TestAConnectionToASilentNodeHangs(t *testing.T) {
	silent, other := mustOpen(t), mustOpen(t)
	silent.fallSilent()
	if err := silent.Shutdown(); err != nil {
		t.Fatal(err)
	}
	conn, err := other.DialAddressTimeout(memberlist.Address{Addr: silent.address()}, 10*time.Second)
	if err != nil {
		t.Fatalf("refused: %v", err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("ping")); err != nil {
		t.Fatal(err)
	}
	if err := conn.SetReadDeadline(time.Now().Add(300 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	_, err = conn.Read(make([]byte, 1))
	if timeout, is := err.(net.Error); !is || !timeout.Timeout() {
		t.Errorf("it was answered or closed: %v", err)
	}
}
