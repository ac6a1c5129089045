import { type DynamicModule, Module } from '@nestjs/common';
import type { Config } from '#config';
import { ConfigModule, OpsModule, StoreModule } from '#ops';

/** Imports configuration, stores, metrics and health. */
@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: Nest's pattern for a module with parameters
export class InfrastructureModule {
  static forRoot(config: Config, node: string): DynamicModule {
    return {
      module: InfrastructureModule,
      imports: [
        ConfigModule.forRoot(config, node),
        StoreModule.forRoot('pipelined'),
        OpsModule.forRoot('processor'),
      ],
    };
  }
}
