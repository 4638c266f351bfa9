/* journal.pml - one unit's journal on an object store (docs/STORAGE.md), for spin 6.5.
 *
 * Without flags it is the protocol with all its rules. Each WITHOUT_x flag leaves one rule out, and is then found wanting:
 *   WITHOUT_COVER   a freeze entry says which slot its checkpoint covers; replay and prune go by that, not by its place
 *   WITHOUT_ABOVE   a claim counts only if, once confirmed, nothing lies above it; what is at or below the newest
 *                   freeze's covered slot is not part of the journal
 *   WITHOUT_NAMES   a file name is used by one freeze attempt only (EPOCH-N-HASH); prune leaves attempts newer than its own
 *   WITHOUT_KEEP    a restarted owner keeps its store only if every claim since is one that this very store recorded
 *   WITHOUT_LOST    a lost append is reported as "outcome unknown", never as "not written" (drops one assertion)
 *   WITHOUT_WDLOOK  a claimant reads the newest spec and its next slot after its claim and before it starts
 *   WITHOUT_WDKEEP  `withdrawn` is never deleted
 *   WITHOUT_WDABOVE whoever appended `withdrawn` looks above it, as a claimant does
 *   WITHOUT_WAIT    a freeze entry waits until every write of its checkpoint is in the journal
 * Variant SERIAL: file deletes are issued only while no freeze is being made.
 * Planted bugs: BUG_ACK BUG_CLAIM BUG_REUSE BUG_DEL.
 * Environment: N nodes, S slots, MAXE epochs, MAXW writes, MAXF freezes, MAXU puts of unknown outcome (each becomes one
 * request in flight for ever, landing at any later time if its slot is free then), MAXDD delayed deletes, MAXCR
 * crashes, RET retained freezes; OLDMOUNT: a volume may be absent at one boot and back at another; WD: undeploy.
 * Variant LIVE: an LTL check that no put stays outstanding for ever (build without -DSAFETY, run pan -a -f).
 * Left out: half-read lists, several files per manifest, corrupt files (with RET=2 the retained freeze must lead to the
 * same state as the newest), uploads of unknown outcome, several writes per batch, peers, leases, two units. Reads of
 * the journal and a thaw are one atomic step each.
 * Run:  spin -DN=2 -DS=6 -DMAXE=3 -DMAXW=2 -a journal.pml
 *       gcc -O2 -w -DSAFETY -DCOLLAPSE -o pan pan.c && ./pan -E -m3000000 -w26
 *       (-DBFS for a shortest counterexample; then  spin -D... -t -T journal.pml  prints it as a story)
 * Nodes believe the owner down whenever they like, and stall anywhere (interleaving). Reads are linearizable.
 */
#ifndef N
#define N 2
#endif
#ifndef S
#define S 6
#endif
#ifndef MAXE
#define MAXE 3
#endif
#ifndef MAXW
#define MAXW 2
#endif
#ifndef MAXF
#define MAXF 1
#endif
#ifndef MAXU
#define MAXU 1
#endif
#ifndef MAXDD
#define MAXDD 0
#endif
#ifndef MAXCR
#define MAXCR 0
#endif
#ifndef RET
#define RET 1
#endif

#define NONE   0
#define CLAIM  1
#define BATCH  2
#define FREEZE 3
#define WITHD  4

/* a state is a sequence of at most 3 writes, ids 1..3, packed 2 bits each */
#define AT(c,q)   (((c)>>(2*((q)-1)))&3)
#define PRE(c,l)  ((c)&((1<<(2*(l)))-1))
/* a file name: 4 per epoch. WITHOUT_NAMES: EPOCH-HASH (hash 0,1). Else: EPOCH-N (N: attempt in this epoch) */
#define FEP(f)    ((f)>>2)
#define FNO(f)    ((f)&3)
#define HASF(f)   ((files>>(f))&1)

typedef Ent {
  byte ty; byte ep; byte own; byte bt;  /* kind, epoch, owner, nonce (boot number) */
  byte q; byte c;                       /* batch: sequence number, write id; freeze: length, content */
  byte cov; byte fid; byte h;           /* freeze: covered slot, the file it names, that file's hash */
  bit ok;                               /* ghost: landed above everything else */
};
Ent J[S+1];
int files;                              /* which files exist */
Ent P[MAXU+1]; byte Pn[MAXU+1];         /* puts in flight, and their slots */
byte nu;
byte DDk[MAXDD+1]; byte DDi[MAXDD+1]; byte nd;   /* deletes in flight: 1 slot, 2 file */
byte nw, nfz, ncr;                      /* budgets used */
byte winner[MAXE+2];                    /* ghost: who believed it won the epoch */
byte ackc;                              /* ghost: acknowledged writes at their sequence numbers */
byte landed;                            /* ghost: bit per write id: its batch entered the journal */
byte gtip, gnf, gep, glen, gcon;        /* derived from J: what any reader sees */
#ifdef WD
byte spec = 1; bit wdone;               /* 1 run, 2 undeploy, 3 run again */
#endif
byte k, e0, st, nf2;
byte foreign;

/* What any reader reconstructs, checked after each change of the store. */
inline check() {
  d_step {
    gtip = 0; gnf = 0; nf2 = 0; e0 = 0;
    for (k : 1 .. S) {
      if
      :: J[k].ty != NONE ->
         gtip = k;
#ifdef WITHOUT_ABOVE
         assert(J[k].ep >= e0);                     /* I2: lower epoch above a higher one is corruption */
         assert(J[k].ty != CLAIM || J[k].ep > e0);  /* I2: epochs rise with slots */
         e0 = J[k].ep;
#endif
         if
         :: J[k].ty == FREEZE -> nf2 = gnf; gnf = k
         :: else
         fi
      :: else
      fi
    }
    if
    :: gnf != 0 ->
       glen = J[gnf].q; gcon = J[gnf].c; gep = J[gnf].ep;
       assert(HASF(J[gnf].fid));                    /* I3: the newest manifest has its files */
#if RET == 2
       assert(nf2 == 0 || HASF(J[nf2].fid));        /* I3: so has the retained one */
       if
       :: nf2 != 0 ->
#ifndef WITHOUT_COVER
          st = J[nf2].cov + 1;
#else
          st = nf2 + 1;
#endif
          for (k : st .. gnf) { assert(J[k].ty != NONE) }   /* I3: and its journal */
       :: else
       fi;
#endif
#ifndef WITHOUT_COVER
       st = J[gnf].cov + 1
#else
       st = gnf + 1
#endif
    :: else -> glen = 0; gcon = 0; gep = 0; st = 1
    fi;
    k = st;
    do
    :: k <= gtip ->
       assert(J[k].ty != NONE);                     /* I3: no gap */
       if
       :: J[k].ty == CLAIM -> assert(J[k].ep > gep); gep = J[k].ep      /* I2 */
       :: else -> assert(J[k].ep == gep)                                /* I2 */
       fi;
       if
       :: J[k].ty == BATCH ->
          if
          :: J[k].q <= glen -> assert(AT(gcon, J[k].q) == J[k].c)       /* I1: replay may skip it */
          :: else ->
             assert(J[k].q == glen + 1);                                /* I1: nothing missing between */
             gcon = gcon | (J[k].c << (2*glen)); glen = glen + 1
          fi
       :: else
       fi;
       k++
    :: else -> break
    od;
    for (k : 1 .. 3) {                              /* I1: all that was acknowledged, at its place */
      assert(AT(ackc, k) == 0 || (k <= glen && AT(gcon, k) == AT(ackc, k)))
    }
    assert(glen < 2 || AT(gcon,1) != AT(gcon,2));   /* I1: once */
    assert(glen < 3 || (AT(gcon,1) != AT(gcon,3) && AT(gcon,2) != AT(gcon,3)));
#if RET == 2
    if
    :: nf2 != 0 ->                                  /* I3: falling back leads to the same state */
       e0 = J[nf2].q; st = J[nf2].c;
#ifndef WITHOUT_COVER
       k = J[nf2].cov + 1;
#else
       k = nf2 + 1;
#endif
       do
       :: k <= gtip ->
          if
          :: J[k].ty == BATCH && J[k].q == e0 + 1 -> st = st | (J[k].c << (2*e0)); e0 = e0 + 1
          :: else
          fi;
          k++
       :: else -> break
       od;
       assert(e0 == glen && st == gcon)
    :: else
    fi;
#endif
    k = 0; e0 = 0; st = 0; nf2 = 0
  }
}

inline wipe(s) {
  J[s].ty = 0; J[s].ep = 0; J[s].own = 0; J[s].bt = 0; J[s].q = 0; J[s].c = 0;
  J[s].cov = 0; J[s].fid = 0; J[s].h = 0; J[s].ok = 0
}
#define fill(R,t,e,o,b,qq,cc,cv,ff,hh) R.ty = t; R.ep = e; R.own = o; R.bt = b; R.q = qq; R.c = cc; R.cov = cv; R.fid = ff; R.h = hh
inline landing(s) {                                 /* ghosts of an entry that has just landed */
  J[s].ok = (s > gtip);
  if
  :: J[s].ty == BATCH && J[s].ok -> landed = landed | (1 << J[s].c)
  :: else
  fi;
  printf("  slot %d := kind %d epoch %d owner %d boot %d q %d c %d cov %d file %d\n",
         s, J[s].ty, J[s].ep, J[s].own, J[s].bt, J[s].q, J[s].c, J[s].cov, J[s].fid);
  check()
}

/* The network: requests in flight land at any time. */
active proctype Net() {
  byte i;
end:
  do
#if MAXU > 0
  :: atomic { P[0].ty != 0 && J[Pn[0]].ty == NONE -> i = 0; goto land }
#if MAXU > 1
  :: atomic { P[1].ty != 0 && J[Pn[1]].ty == NONE -> i = 1; goto land }
#endif
#if MAXU > 2
  :: atomic { P[2].ty != 0 && J[Pn[2]].ty == NONE -> i = 2; goto land }
#endif
#endif
#if MAXDD > 0
  :: atomic { DDk[0] == 1 -> DDk[0] = 0; printf("NET delayed delete of slot %d\n", DDi[0]); wipe(DDi[0]); DDi[0] = 0; check() }
  :: atomic { DDk[0] == 2 -> DDk[0] = 0; printf("NET delayed delete of file %d\n", DDi[0]);
              files = files & ~(1 << DDi[0]); DDi[0] = 0; check() }
#endif
  :: atomic { false ->
land:  printf("NET delayed put lands\n");
       fill(J[Pn[i]], P[i].ty, P[i].ep, P[i].own, P[i].bt, P[i].q, P[i].c, P[i].cov, P[i].fid, P[i].h);
       landing(Pn[i]);
       fill(P[i], 0, 0, 0, 0, 0, 0, 0, 0, 0); Pn[i] = 0; i = 0 }
  od
}

/* One create-only put: sets res. */
#define OK   1
#define EXI  2
#define UNK  3
inline create(s, t, e, o, b, qq, cc, cv, ff, hh) {
  if
  :: J[s].ty == NONE -> fill(J[s], t, e, o, b, qq, cc, cv, ff, hh); res = OK; landing(s)
  :: J[s].ty != NONE -> res = EXI
#if MAXU > 0
  :: nu < MAXU -> fill(P[nu], t, e, o, b, qq, cc, cv, ff, hh); Pn[nu] = s; nu++; res = UNK
#endif
  fi
}

/* for LIVE: a step that deletes nothing must not count as the node's turn while its put is outstanding */
#ifdef LIVE
#define MAYPRUNE (role[me] == IDLE || role[me] == OWN)
#else
#define MAYPRUNE true
#endif

#ifndef WITHOUT_WAIT
#define MAYFREEZE (fl <= jl)
#else
#define MAYFREEZE true
#endif

/* roles */
#define IDLE  0   /* not an owner */
#define CLM   1   /* a claim's put is outstanding */
#define CRES  2   /* 412 on the claim: must read the slot */
#define CHK   3   /* claim confirmed: looks above it */
#define THAW  4
#define OWN   5
#define PUT   6   /* an append is outstanding */
#define PRES  7   /* 412 on the append: must read the slot */

byte role[N+1];

proctype Node(byte me) {
  byte ep, bt, n, res, kind, i;
  byte lc, ll, jl; bit has; byte sb, sm;       /* local store: content, length, journaled; base epoch, recorded nonces */
#ifdef OLDMOUNT
  byte ac, al; bit ah; byte ab, am;            /* the other volume */
#endif
  byte fz, fl, fc, fcov, fid, fh, fcnt;        /* freeze in progress */
  byte pfid, ph, pslot0, pcov0;                /* the manifest we descend from (pfid 0: none) */
  bit pr; byte pslot, pcov, pf1, pf2, pno;     /* prune: the limits as of our newest confirmed freeze */
#ifdef WD
  byte vs;
#endif
end:
  do
  /* believes the owner down; reads every slot; the next one is n */
  :: atomic { role[me] == IDLE && gtip < S && gep < MAXE ->
#ifdef WD
       if :: vs = spec :: vs == 0 -> vs = 1 :: vs != 0 fi;    /* fresh, or what gossip told long ago */
       if
       :: vs == 2 || (gtip != 0 && J[gtip].ty == WITHD && vs != 3) -> goto over
       :: else
       fi;
#endif
       n = gtip + 1; ep = gep + 1; role[me] = CLM;
#ifndef WITHOUT_KEEP
       if :: has -> sm = sm | (1 << bt) :: else fi;           /* durable before sent */
#endif
       printf("N%d read the journal to slot %d, will claim epoch %d at slot %d\n", me, gtip, ep, n) }
  :: atomic { role[me] == CLM ->
#ifdef BUG_CLAIM
       printf("N%d puts its claim, not create-only\n", me); wipe(n); gtip = n - 1;
#endif
       printf("N%d put claim epoch %d slot %d\n", me, ep, n);
       create(n, CLAIM, ep, me, bt, 0, 0, 0, 0, 0);
       if
       :: res == OK -> role[me] = CHK
       :: res == EXI -> role[me] = CRES
       :: else
       fi; res = 0 }
  :: atomic { role[me] == CRES ->
       if
       :: J[n].ty == CLAIM && J[n].own == me && J[n].bt == bt && J[n].ep == ep -> role[me] = CHK
       :: else -> printf("N%d claim lost\n", me);
          role[me] = IDLE; n = 0; ep = 0
       fi }
  :: atomic { role[me] == CHK ->
#ifndef WITHOUT_ABOVE
       if
       :: gtip > n -> printf("N%d claim void: slot %d lies above\n", me, gtip);
          assert(!J[n].ok || gep > ep || J[gtip].ty == WITHD);          /* I4: really lost, or replaced */
          role[me] = IDLE; n = 0; ep = 0; goto over
       :: else
       fi;
#endif
       printf("N%d believes it owns epoch %d (slot %d)\n", me, ep, n);
       assert(J[n].ty == CLAIM && J[n].own == me && J[n].bt == bt && J[n].ok);   /* I4: really won */
       assert(winner[ep] == 0); winner[ep] = me;                        /* I2: one owner */
       role[me] = THAW }
  :: atomic { role[me] == THAW ->
       if
       :: gep != ep -> role[me] = IDLE; n = 0; ep = 0; goto over        /* replaced meanwhile */
       :: else
       fi;
#ifdef WD
#ifndef WITHOUT_WDLOOK
       if
       :: spec == 2 || J[gtip].ty == WITHD -> role[me] = IDLE; n = 0; ep = 0; goto over
       :: else
       fi;
#endif
       assert(!(wdone && spec == 2));                                   /* I6 */
#endif
       foreign = 0;
       d_step { for (k : 1 .. S) {
         if
         :: J[k].ty == CLAIM && J[k].ep > sb && J[k].ep < ep &&
#ifndef WITHOUT_KEEP
            (J[k].own != me || ((sm >> J[k].bt) & 1) == 0)
#else
            J[k].own != me
#endif
            -> foreign = 1
         :: else
         fi }; k = 0 }
       if
       :: has && !foreign -> printf("N%d keeps its local store: len %d content %d; journal len %d content %d\n", me, ll, lc, glen, gcon);
          if                                                            /* I5 */
          :: ll <= glen -> assert(PRE(gcon, ll) == lc); ll = glen; lc = gcon
          :: else -> assert(PRE(lc, glen) == gcon)
          fi
       :: else -> lc = gcon; ll = glen; has = 1; sm = 0; printf("N%d thaws: len %d content %d\n", me, ll, lc)
       fi;
       foreign = 0;
       sb = ep; jl = glen; sm = sm | (1 << bt);
       if
       :: gnf != 0 -> pfid = J[gnf].fid; ph = J[gnf].h; pslot0 = gnf; pcov0 = J[gnf].cov
       :: else -> pfid = 0; ph = 0; pslot0 = 0; pcov0 = 0
       fi;
       fz = 0; fcnt = 0; n = n + 1; role[me] = OWN }

  /* owner: local commit; ship; freeze in parallel (checkpoint and upload also while an append is outstanding) */
  :: atomic { role[me] >= OWN && nw < MAXW && ll < 3 && ll <= jl + 1 ->
       nw++; lc = lc | (nw << (2*ll)); ll++; printf("N%d local commit of write %d as seq %d\n", me, nw, ll) }
  :: atomic { role[me] == OWN && jl < ll && n <= S -> kind = BATCH; role[me] = PUT;
#ifdef BUG_ACK
       printf("N%d acknowledges seq %d too early\n", me, jl+1);
       ackc = ackc | (AT(lc, jl+1) << (2*jl));
       check();
#endif
     }
  :: atomic { role[me] >= OWN && fz == 0 && nfz < MAXF && ll > 0 && n <= S && fcnt < 4 ->
       nfz++; fz = 1; fl = ll; fc = lc; fcov = n - 1;
       if :: fh = 0 :: fh = 1 fi;
       if
       :: pfid != 0 && ph == fh -> fid = pfid; fz = 2                   /* named by the manifest we descend from */
#ifdef BUG_REUSE
       :: ep > 1 && HASF((ep-1)*4 + fh) -> fid = (ep-1)*4 + fh; fz = 2
#endif
       :: else ->
#ifndef WITHOUT_NAMES
          fid = ep*4 + fcnt
#else
          fid = ep*4 + fh
#endif
       fi;
       fcnt++;
       printf("N%d checkpoint len %d (slots to %d), file %d (uploaded: %d)\n", me, fl, fcov, fid, fz == 2) }
  :: atomic { role[me] >= OWN && fz == 1 -> files = files | (1 << fid); fz = 2; printf("N%d uploads file %d\n", me, fid);
#ifdef BUG_DEL
       if :: pfid != 0 && FEP(pfid) <= ep -> printf("N%d deletes file %d too early\n", me, pfid); files = files & ~(1 << pfid); check()
          :: else fi
#endif
     }
  :: atomic { role[me] == OWN && fz == 2 && n <= S && MAYFREEZE -> kind = FREEZE; role[me] = PUT }
  :: atomic { role[me] == PUT ->
       printf("N%d put kind %d epoch %d slot %d\n", me, kind, ep, n);
       if
       :: kind == BATCH -> create(n, BATCH, ep, me, bt, jl+1, AT(lc, jl+1), 0, 0, 0)
       :: else -> create(n, FREEZE, ep, me, bt, fl, fc, fcov, fid, fh)
       fi;
       if
       :: res == OK -> res = 0; goto won
       :: res == EXI -> role[me] = PRES
       :: else -> printf("N%d ... unknown\n", me)
       fi; res = 0 }
  :: atomic { role[me] == PRES ->
       if
       :: J[n].ty == kind && J[n].own == me && J[n].bt == bt && J[n].ep == ep -> goto won
       :: else -> printf("N%d append lost: slot %d holds kind %d\n", me, n, J[n].ty);
#ifdef WITHOUT_LOST
          assert(kind != BATCH || ((landed >> AT(lc, jl+1)) & 1) == 0); /* I4: really lost */
#endif
          role[me] = IDLE; n = 0; ep = 0; fz = 0; kind = 0
       fi }
  :: atomic { false ->
won:   if
       :: kind == BATCH ->
          jl++; printf("N%d acknowledges seq %d (write %d) as frozen\n", me, jl, AT(lc, jl));
          ackc = ackc | (AT(lc, jl) << (2*(jl-1)))
       :: else ->
          printf("N%d freeze at slot %d confirmed\n", me, n);
          pr = 1; pno = fid;
          if :: FEP(fid) != ep -> pno = ep*4 :: else fi;
#if RET == 2
          if
          :: pfid != 0 -> pslot = pslot0; pcov = pcov0; pf1 = fid; pf2 = pfid
          :: else -> pr = 0
          fi;
#else
          pslot = n; pcov = fcov; pf1 = fid; pf2 = fid;
#endif
          pfid = fid; ph = fh; pslot0 = n; pcov0 = fcov;
          fz = 0; fl = 0; fc = 0; fcov = 0; fid = 0; fh = 0
       fi;
       n = n + 1; role[me] = OWN; kind = 0;
       check() }

  /* prune: any entry or file at a time, any time later, by the limits remembered */
  :: atomic { pr && MAYPRUNE -> i = 1; do :: i < S -> i++ :: break od;
       if
       :: J[i].ty != NONE && J[i].ty != CLAIM &&
#ifndef WITHOUT_WDKEEP
          J[i].ty != WITHD &&
#endif
#ifndef WITHOUT_COVER
          i <= pcov
#else
          i < pslot
#endif
          ->
          if
          :: printf("N%d deletes slot %d\n", me, i); wipe(i); check()
#if MAXDD > 0
          :: nd < MAXDD -> nd++; DDk[0] = 1; DDi[0] = i; printf("N%d deletes slot %d, delayed\n", me, i)
#endif
          fi
       :: else
       fi; i = 0 }
#ifdef SERIAL                                       /* variant: no deletes are issued while a freeze is uploading */
  :: atomic { pr && MAYPRUNE && fz == 0 ->
#else
  :: atomic { pr && MAYPRUNE ->
#endif
       i = 4; do :: i < 4*(MAXE+1) -> i++ :: break od;
       if
       :: HASF(i) && FEP(i) <= FEP(pno) && i != pf1 &&
#ifndef WITHOUT_NAMES
          i < pno &&
#endif
          i != pf2 ->
          if
          :: printf("N%d deletes file %d\n", me, i); files = files & ~(1 << i); check()
#if MAXDD > 0
          :: nd < MAXDD -> nd++; DDk[0] = 2; DDi[0] = i; printf("N%d deletes file %d, delayed\n", me, i)
#endif
          fi
       :: else
       fi; i = 0 }
#if MAXCR > 0
  :: atomic { ncr < MAXCR && (has || role[me] != IDLE) -> ncr++; bt++;
       if
       :: printf("N%d crashes, disk kept\n", me)
       :: printf("N%d crashes, disk lost\n", me); has = 0; lc = 0; ll = 0; sb = 0; sm = 0
#ifdef OLDMOUNT
       :: printf("N%d crashes, comes back with the other volume\n", me);
          d_step { i = lc; lc = ac; ac = i; i = ll; ll = al; al = i; i = has; has = ah; ah = i;
                   i = sb; sb = ab; ab = i; i = sm; sm = am; am = i; i = 0 }
#endif
       fi;
       role[me] = IDLE; n = 0; ep = 0; jl = 0; kind = 0; fz = 0; fl = 0; fc = 0; fcov = 0; fid = 0; fh = 0; fcnt = 0;
       pfid = 0; ph = 0; pslot0 = 0; pcov0 = 0; pr = 0; pslot = 0; pcov = 0; pf1 = 0; pf2 = 0; pno = 0 }
#endif
  :: atomic { false ->
over:  skip }
  od
}

#ifdef WD
/* undeploy: the spec version first, then `withdrawn` at the tip; then perhaps a new version */
proctype Undeploy() {
  byte n, e, res;
  atomic { spec = 2; printf("U spec version 2: undeploy\n") };
again:
  atomic { gtip < S -> n = gtip + 1; e = gep };
put:
  atomic { create(n, WITHD, e, 9, 0, 0, 0, 0, 0, 0);
    if
    :: res == OK -> skip
    :: res == EXI && J[n].own == 9 -> skip
    :: res == EXI && J[n].own != 9 -> res = 0; goto again
    :: res == UNK -> res = 0; goto put
    fi; res = 0 };
  atomic {
#ifndef WITHOUT_WDABOVE
    if
    :: gtip > n -> printf("U withdrawn at slot %d is void\n", n); goto again
    :: else
    fi;
#endif
    assert(J[n].ty == WITHD && J[n].ok);           /* I4: believed in = really in */
    wdone = 1; printf("U withdrawn at slot %d\n", n) };
  atomic { spec = 3; wdone = 0; printf("U spec version 3: run\n") }
}
#endif

init {
  atomic {
    run Node(1);
#if N > 1
    run Node(2);
#endif
#if N > 2
    run Node(3);
#endif
#ifdef WD
    run Undeploy();
#endif
  }
}

#ifdef LIVE
/* nobody stays in an unknown outcome: every outstanding put ends (the number of unknown outcomes is finite) */
ltl settled { [] ((role[1] == CLM || role[1] == CRES || role[1] == PUT || role[1] == PRES) ->
              <> (role[1] != CLM && role[1] != CRES && role[1] != PUT && role[1] != PRES)) }
#endif
