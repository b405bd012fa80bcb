// Loaded instead of the action, so that the runner's environment can be read.
process.stdout.write(JSON.stringify(process.env))
process.exit()
