import type { Trip } from '#protocol';
import type { ChangeOptions } from './requests.js';
import { UserApi } from './user-api.js';

/** Requests of a driver. */
export class DriverApi extends UserApi {
  /** Accepts an offer; for the driver who has it. @throws {HexfleetError} OFFER_OVER when it is too late */
  acceptOffer(tripId: string, options: ChangeOptions = {}): Promise<Trip> {
    return this.changeTrip(tripId, 'accepted', options);
  }

  /** Declines an offer; for the driver who has it. The next driver gets it at once. */
  async declineOffer(tripId: string, options: ChangeOptions = {}): Promise<void> {
    await this.changeTrip(tripId, 'requested', options);
  }
}
