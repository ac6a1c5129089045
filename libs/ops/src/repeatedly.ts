import { Logger } from '@nestjs/common';

const logger = new Logger('loops');

/**
 * Repeats work at an interval, and skips a turn while the previous one is still running. A failure is logged and the work
 * runs again at the next turn: one failure must not stop a loop that others rely on.
 * @returns the timer, for `clearInterval`
 */
export function repeatedly(intervalMs: number, work: () => Promise<void>): NodeJS.Timeout {
  let running = false;
  return setInterval(async () => {
    if (running) return;
    running = true;
    try {
      await work();
    } catch (error) {
      logger.error(error);
    } finally {
      running = false;
    }
  }, intervalMs);
}
