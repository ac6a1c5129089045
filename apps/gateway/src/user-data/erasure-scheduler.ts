import { Injectable } from '@nestjs/common';
import { DueWork } from '#ops';
import { clock, Erasures } from '#store';
import { UserDataService } from './user-data.service.js';

/** Repeats erasures: those that their gateway did not finish, and each one once more for what was in flight. */
@Injectable()
export class ErasureScheduler extends DueWork<string> {
  constructor(
    private readonly erasures: Erasures,
    private readonly userData: UserDataService,
  ) {
    super({ name: 'user-data', intervalMs: 10_000, maxRunning: 10 });
  }

  protected override take(limit: number): Promise<string[]> {
    return this.erasures.takeDue(clock.now(), limit);
  }

  protected override work(userId: string): Promise<void> {
    return this.userData.repeat(userId);
  }
}
