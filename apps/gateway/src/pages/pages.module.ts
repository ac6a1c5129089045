import { Module } from '@nestjs/common';
import { MapController } from './map.controller.js';

@Module({ controllers: [MapController] })
export class PagesModule {}
