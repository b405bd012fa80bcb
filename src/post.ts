// Loads the bundle only when main has left work: usually it has not.
if (process.env['STATE_journal']) await import('./main.ts')
