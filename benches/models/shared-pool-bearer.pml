/* The shared pool under a bearer token, written from the description of the trust model alone: an independent reading of
   its semantics. Alice hands a token for `read` to port 3000; two replicas of `unknown` and Mallory's `stranger` listen
   there; the API takes whoever shows the token. One execution; a replica asks twice at the most.

   -DCUSTODY or -DMULTIPLICITY chooses the property, -DMOST=n allows at most n moves. */
#define READ 0
#define DELETE 1
#define LIST 2

bool sent;              /* Alice has started and handed over */
bool known;             /* Mallory knows the token */
bool took[2];           /* a replica has taken Alice's parcel */
bool asked[4];          /* its first and second request */
bool fed[6];            /* a replica has taken Mallory's parcel: the token, with an errand of hers */
bool asked_fed[12];     /* its requests for that errand */
byte effects;           /* accepted below Alice's root; Alice meant one */
bool broken;
#ifdef MOST
byte moves;
#define MOVE (moves < MOST && !broken)
#define DONE moves = moves + 1
#else
#define MOVE (!broken)
#define DONE skip
#endif

/* What the API does with a request for `op`: the token says `read`, and nothing else is looked at. `due`: somebody whom
   the holder before meant presents it, and so for every step on its way. */
#ifdef CUSTODY
#define JUDGE(due) broken = !(due)
#else
#define JUDGE(due) broken = (effects >= 1)
#endif
#define ACCEPTS(op) (op == READ)
#define ACCEPT(due) JUDGE(due); effects = (effects < 2 -> effects + 1 : 2); DONE

#define REPLICA(r) \
  :: d_step { MOVE && sent && !took[r] -> took[r] = 1; DONE } \
  :: d_step { MOVE && took[r] && !known -> known = 1; DONE }               /* its log leaks */ \
  ASK(r, 0) ASK(r, 1) \
  FEED(r, READ) FEED(r, DELETE) FEED(r, LIST)

#define ASK(r, n) \
  :: d_step { MOVE && took[r] && !asked[2 * r + n] -> asked[2 * r + n] = 1; DONE } \
  :: d_step { MOVE && asked[2 * r + n] && !known -> known = 1; DONE }      /* read where it arrives */ \
  :: d_step { MOVE && asked[2 * r + n] && ACCEPTS(READ) -> ACCEPT(true) }

#define FEED(r, op) \
  :: d_step { MOVE && known && !fed[3 * r + op] -> fed[3 * r + op] = 1; DONE } \
  ASK_FED(r, op, 0) ASK_FED(r, op, 1)

#define ASK_FED(r, op, n) \
  :: d_step { MOVE && fed[3 * r + op] && !asked_fed[2 * (3 * r + op) + n] -> asked_fed[2 * (3 * r + op) + n] = 1; DONE } \
  :: d_step { MOVE && asked_fed[2 * (3 * r + op) + n] && ACCEPTS(op) -> ACCEPT(false) }

active proctype world() {
  do
  :: d_step { MOVE && !sent -> sent = 1; DONE }
  :: d_step { MOVE && sent && !known -> known = 1; DONE }                  /* `stranger` receives it, or it is observed */
  REPLICA(0)
  REPLICA(1)
  :: d_step { MOVE && known && ACCEPTS(READ) -> ACCEPT(false) }            /* Mallory asks */
  :: broken -> assert(false)
  od
}
