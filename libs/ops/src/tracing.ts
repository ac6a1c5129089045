import { createHash } from 'node:crypto';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { Config } from '#config';
import type { NodeState } from '#protocol';
import type { SpanExporter } from './span.js';

/** One fix in this many is traced, and every trip. */
const FIXES_PER_TRACE = 1_000;

/** Steps of a fix, in order; each is a child of the one before. */
const STEPS = ['gateway: store fix', 'processor: decide and publish', 'gateway: send frame'] as const;
type Step = (typeof STEPS)[number];

const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
const spanIdOf = (traceId: string, name: string): string => hash(`${traceId} ${name}`).toString('hex', 0, 8);

/** Returns the trace of a fix; null for one that is not traced. */
export function fixTraceOf(driverId: string, t: number): string | null {
  const digest = hash(`fix ${driverId} ${t}`);
  return digest.readUInt32BE(16) % FIXES_PER_TRACE === 0 ? digest.toString('hex', 0, 16) : null;
}

/** Returns the trace of a trip. */
export const tripTraceOf = (tripId: string): string => hash(`trip ${tripId}`).toString('hex', 0, 16);

/**
 * Traces from the driver's fix to the rider's frame, and of trips. Every process derives the ids of a trace from the fix or the
 * trip, so that nothing has to travel with them, and all processes choose the same fixes.
 */
export class Tracing implements OnApplicationShutdown {
  constructor(private readonly exporter: SpanExporter | null) {}

  /** Whether spans are exported; if not, all methods do nothing. */
  get isOn(): boolean {
    return this.exporter !== null;
  }

  /** Notes a step of a fix. @param t time of the fix @param from @param to of the step, epoch ms */
  fix(step: Step, driverId: string, t: number, from: number, to: number): void {
    const traceId = this.exporter === null ? null : fixTraceOf(driverId, t);
    if (traceId === null) return;
    const before = STEPS[STEPS.indexOf(step) - 1];
    this.exporter!.send({
      traceId,
      spanId: spanIdOf(traceId, step),
      parentId: before === undefined ? null : spanIdOf(traceId, before),
      name: step,
      from,
      to,
      attributes: { 'hexfleet.driver': driverId },
    });
  }

  /** Notes the time of a trip in one state, or with `null` that of the whole trip. */
  trip(tripId: string, state: string | null, version: number, from: number, to: number): void {
    if (this.exporter === null) return;
    const traceId = tripTraceOf(tripId);
    this.exporter.send({
      traceId,
      spanId: spanIdOf(traceId, state === null ? 'trip' : `${state} ${version}`),
      parentId: state === null ? null : spanIdOf(traceId, 'trip'),
      name: state === null ? 'trip' : `trip ${state}`,
      from,
      to,
      attributes: { 'hexfleet.trip': tripId },
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.exporter?.close();
  }
}

/** Creates the tracing of a process. OpenTelemetry is loaded only if it is on. */
export async function createTracing(
  { otlpEndpoint }: Pick<Config, 'otlpEndpoint'>,
  role: NodeState['role'],
  node: string,
): Promise<Tracing> {
  if (otlpEndpoint === undefined) return new Tracing(null);
  const { createOtlpExporter } = await import('./otlp.js');
  return new Tracing(createOtlpExporter(otlpEndpoint, role, node));
}
