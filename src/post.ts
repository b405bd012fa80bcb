// Loads the bundle only when main has left work: usually it has not.
if (process.env['STATE_at-risk']) await import('./main.ts')
