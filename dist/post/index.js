"use strict";
// Loads the bundle only when main has left work, which is rare.
const hasWork = process.env['STATE_journal'] || process.env['STATE_tokens'];
if (hasWork)
    await import('../main/index.js');
