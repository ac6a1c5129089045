import { Logger } from '@nestjs/common';

const logger = new Logger('loops');

/**
 * Does work at an interval, and skips a turn while the previous one is still running. Work that throws or rejects is
 * logged and done again at the next turn: one failure must not stop a loop that others rely on.
 * @returns for `clearInterval`
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
