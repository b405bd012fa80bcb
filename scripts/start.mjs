// npm start: on a machine without node 24, npm brings it where it can.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major > 22 || (major === 22 && minor >= 19)) {
  await import('./demo.ts')
} else {
  console.error(
    `This is node ${process.versions.node}. Rotate Token needs node 22.19 or newer; npm brings it for Linux and Windows only. Install it and try again.`,
  )
  process.exitCode = 1
}
