/** Processor time of this process in ms, which other work on the machine does not stretch as it does the clock's. */
export function processorMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
