'use strict'
// Loaded before every subject: notes what the process has used when it ends, and
// when it had its journal on disk. Plain JavaScript, so that loading it costs next
// to nothing.
const fs = require('node:fs')
const process = require('node:process')

let journaledAt = ''
const { renameSync } = fs
fs.renameSync = (from, to) => {
  renameSync(from, to)
  journaledAt ||= String(process.hrtime.bigint())
}

process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  fs.writeFileSync(
    process.env.BENCH_METER,
    JSON.stringify({
      cpuMilliseconds: (userCPUTime + systemCPUTime) / 1000,
      peakKilobytes: peakOfThisProgram() ?? maxRSS,
      journaledAt,
    }),
  )
})

/** On Linux maxRSS also counts the process that this one was forked from. */
function peakOfThisProgram() {
  try {
    const status = fs.readFileSync('/proc/self/status', 'latin1')
    return Number(/^VmHWM:\s*(\d+)/m.exec(status)[1])
  } catch {
    return undefined
  }
}
