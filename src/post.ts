// Loads the bundle only when main has left work: usually it has not.
const { STATE_journal: journal, STATE_tokens: tokens } = process.env
if (journal || tokens) await import('./main.ts')
