import { proveCrashPoints } from './prove-crash-points.ts'

proveCrashPoints({ rotationClass: 'non-rotating', graceSeconds: 0 }, [])
