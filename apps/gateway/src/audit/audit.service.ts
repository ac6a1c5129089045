import { Injectable } from '@nestjs/common';
import type { AuditAction, AuditEntry, AuditQuery } from '#protocol';
import { Audit, clock, orUnavailable } from '#store';
import type { Actor } from '#trips';

/** Audit log of privileged actions. */
@Injectable()
export class AuditService {
  constructor(private readonly audit: Audit) {}

  /**
   * Records an action before it is done, so that no action lacks an entry.
   * @throws {ProtocolError} UNAVAILABLE: then do not perform the action
   */
  record(
    { userId, role }: Actor,
    action: AuditAction,
    about: { tripId?: string; userId?: string; text?: string },
  ): Promise<void> {
    return orUnavailable(this.audit.add({ at: clock.now(), by: userId, role, action, ...about }));
  }

  /** Returns entries, newest first. @throws {ProtocolError} UNAVAILABLE */
  read(query: AuditQuery): Promise<AuditEntry[]> {
    return orUnavailable(this.audit.read(query));
  }
}
