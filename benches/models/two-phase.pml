/* Two-phase commit as in the TLA+ specification TwoPhase, self-loops kept; N resource managers, at most 10.
   One process, one step a transition. */
byte manager[N];            /* 0 working, 1 prepared, 2 committed, 3 aborted */
bool known[N], sent[N];     /* prepared, as the transaction manager knows it; prepared, as a message */
byte decision;              /* 0 none yet, 1 committed, 2 aborted */

#define STEPS(m) \
  :: d_step { decision == 0 && sent[m] -> known[m] = 1 } \
  :: d_step { manager[m] == 0 -> manager[m] = 1; sent[m] = 1 } \
  :: d_step { manager[m] == 0 -> manager[m] = 3 } \
  :: d_step { decision == 1 -> manager[m] = 2 } \
  :: d_step { decision == 2 -> manager[m] = 3 }

#define ALL (known[0] KNOWN1 KNOWN2 KNOWN3 KNOWN4 KNOWN5 KNOWN6 KNOWN7 KNOWN8 KNOWN9)
#if N > 1
#define KNOWN1 && known[1]
#else
#define KNOWN1
#endif
#if N > 2
#define KNOWN2 && known[2]
#else
#define KNOWN2
#endif
#if N > 3
#define KNOWN3 && known[3]
#else
#define KNOWN3
#endif
#if N > 4
#define KNOWN4 && known[4]
#else
#define KNOWN4
#endif
#if N > 5
#define KNOWN5 && known[5]
#else
#define KNOWN5
#endif
#if N > 6
#define KNOWN6 && known[6]
#else
#define KNOWN6
#endif
#if N > 7
#define KNOWN7 && known[7]
#else
#define KNOWN7
#endif
#if N > 8
#define KNOWN8 && known[8]
#else
#define KNOWN8
#endif
#if N > 9
#define KNOWN9 && known[9]
#else
#define KNOWN9
#endif

active proctype steps() {
  do
  :: d_step { decision == 0 && ALL -> decision = 1 }
  :: d_step { decision == 0 -> decision = 2 }
  STEPS(0)
#if N > 1
  STEPS(1)
#endif
#if N > 2
  STEPS(2)
#endif
#if N > 3
  STEPS(3)
#endif
#if N > 4
  STEPS(4)
#endif
#if N > 5
  STEPS(5)
#endif
#if N > 6
  STEPS(6)
#endif
#if N > 7
  STEPS(7)
#endif
#if N > 8
  STEPS(8)
#endif
#if N > 9
  STEPS(9)
#endif
  od
}
