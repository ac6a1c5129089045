import type { INestApplication } from '@nestjs/common';
import { loadProcessConfig, type ProcessConfig, requireGatewayKeys } from '#config';
import type { NodeState } from '#protocol';
import { checkRedis, connected, type RedisClient } from '#store';
import { FailureFilter } from './failure.filter.js';
import { Heartbeat } from './heartbeat.js';
import { addressOf, logStart, orExit, ready } from './lifecycle.js';
import { createLogger, type Logger } from './logger.js';
import { defaultNode, exitRefused, joinInstallation } from './membership.js';
import { MetricsServer } from './metrics-server.js';
import { REDIS } from './tokens.js';

/** A process of the service: its configuration, its name and its log. */
export type ProcessContext = { config: ProcessConfig; node: string; logger: Logger };

/** Steps in which processes differ, in the order in which they run. */
type ProcessSteps<App extends INestApplication> = {
  create(context: ProcessContext): Promise<App>;
  /** runs once Redis is connected; resolves when the application listens */
  listen(app: App, context: ProcessContext): Promise<unknown>;
  /** begins the work that requires that other processes see this one */
  begin?(app: App): Promise<void>;
  /** runs before the process closes */
  drain(app: App): Promise<void>;
};

/** Runs a Nest application as a process of the service, until it is stopped. Exits with one line if it cannot start. */
export const runProcess = <App extends INestApplication>(
  role: NodeState['role'],
  steps: ProcessSteps<App>,
): Promise<void> => orExit(start(role, steps));

async function start<App extends INestApplication>(
  role: NodeState['role'],
  steps: ProcessSteps<App>,
): Promise<void> {
  const given = loadProcessConfig(process.env);
  if (role === 'gateway') requireGatewayKeys(given);
  const node = given.node ?? defaultNode(role);
  const logger = createLogger(node, given.logLevel);
  logStart(logger, given);
  const context = { config: { ...given, redisUrl: await checkRedis(given.redisUrl, given) }, node, logger };
  const membership = await joinInstallation(context.config, node, exitRefused);
  const app = await steps.create(context);
  await connected(app.get<RedisClient>(REDIS));
  app.useGlobalFilters(new FailureFilter());
  await steps.listen(app, context);
  const url = addressOf(app.getHttpServer());
  const metricsUrl = await app.get(MetricsServer).listen(context.config);
  await app.get(Heartbeat).start({ url, metricsUrl });
  await steps.begin?.(app);
  const close = async () => {
    await app.close();
    await membership.leave();
  };
  ready({ node, url, metricsUrl, pid: process.pid }, close, logger, () => steps.drain(app));
}
