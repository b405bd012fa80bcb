import { proveCrashPoints } from './prove-crash-points.ts'

proveCrashPoints({ rotationClass: 'grace', graceSeconds: 3600 }, [])
