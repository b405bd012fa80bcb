import { proveCrashPoints } from './prove-crash-points.ts'

proveCrashPoints({ rotationClass: 'confirm-on-use', graceSeconds: 0 }, [])
