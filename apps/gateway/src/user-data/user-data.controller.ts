import { Controller, Delete, Get, Param, Res } from '@nestjs/common';
import type { Response } from 'express';
import { type ErasureReport, Id } from '#protocol';
import { type Identity, ZodPipe } from '#realtime';
import { Caller, Costs, For, Guarded } from '../auth/roles.guard.js';
import { ExpensiveReads } from '../fleet/expensive-reads.js';
import { sendTexts } from '../fleet/send-texts.js';
import { UserDataService } from './user-data.service.js';

/** Each walks over the keyspace. */
const COST = 50;
const HEADERS = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' };

/** Data of users: for services without limits only, which act for the operator. */
@Guarded()
@Controller('users')
export class UserDataController {
  constructor(
    private readonly userData: UserDataService,
    private readonly reads: ExpensiveReads,
  ) {}

  @Get(':id/data')
  @Costs(COST)
  @For('service')
  async export(
    @Caller() caller: Identity,
    @Param('id', new ZodPipe(Id)) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.reads.run(caller, () => sendTexts(response, HEADERS, () => this.userData.export(caller, id)));
  }

  @Delete(':id/data')
  @Costs(COST)
  @For('service')
  erase(@Caller() caller: Identity, @Param('id', new ZodPipe(Id)) id: string): Promise<ErasureReport> {
    return this.reads.run(caller, () => this.userData.erase(caller, id));
  }
}
