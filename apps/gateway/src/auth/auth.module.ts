import { Global, Module } from '@nestjs/common';
import { HourlyLimits } from './hourly-limits.js';
import { RequestRates } from './request-rates.js';

/** Rate limits of requests. Global, because every controller with a guard needs them. */
@Global()
@Module({ providers: [RequestRates, HourlyLimits], exports: [RequestRates, HourlyLimits] })
export class AuthModule {}
