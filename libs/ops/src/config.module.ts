import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { Config } from '#config';
import { CONFIG, NODE } from './tokens.js';

/** Provides the configuration and the name of this process. */
@Global()
@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: Nest's pattern for a module with parameters
export class ConfigModule {
  static forRoot(config: Config, node: string): DynamicModule {
    return {
      module: ConfigModule,
      providers: [
        { provide: CONFIG, useFactory: () => config },
        { provide: NODE, useFactory: () => node },
      ],
      exports: [CONFIG, NODE],
    };
  }
}
