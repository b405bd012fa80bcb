import { proveCrashPoints } from './prove-crash-points.ts'

proveCrashPoints({ rotationClass: 'strict', graceSeconds: 0 }, [
  // The answer is lost with the process: nobody ever had the new token.
  'after the token request, killed, then post',
  'after the token request, machine lost',
  'after the token request, killed in main and in post',
  // The only sealed copy is on a disk that is wiped.
  'before the store, machine lost',
  'before the store, killed in main and in post',
])
