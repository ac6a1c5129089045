import { Module } from '@nestjs/common';
import { ClientMover } from './client-mover.js';

@Module({ providers: [ClientMover] })
export class DrainModule {}
