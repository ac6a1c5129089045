/** Does work at an interval, and skips a turn while the one before is not done. @param work never rejects */
export function repeatedly(intervalMs: number, work: () => Promise<void>): NodeJS.Timeout {
  let running = false;
  return setInterval(async () => {
    if (running) return;
    running = true;
    await work();
    running = false;
  }, intervalMs);
}
