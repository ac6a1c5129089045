import { useStore } from '@nanostores/react';
import { isOpen, type Trip } from '#protocol';
import { nameOf } from '../../../shared/live/city-places.js';
import { age, duration, quantityText, remaining, timeFormat } from '../../../shared/ui/format.js';
import { useNow } from '../../../shared/ui/hooks.js';
import { SideCard } from '../SideCard.js';
import type { BoardSession } from '../session.js';
import { TRIP_STATE_NAMES } from '../texts.js';
import { ChatHistory } from '../vehicle/ChatHistory.js';
import { ANSWERS, TEXTS } from './texts.js';
import { timelineOf } from './timeline.js';

const clock = timeFormat({ timeStyle: 'medium' });
const day = timeFormat({ dateStyle: 'medium', timeStyle: 'short' });

/** Facts of the selected trip, open or over. */
export function TripCard({ session, trip }: { session: BoardSession; trip: Trip }) {
  useNow(1_000);
  const now = session.fleet.now();
  return (
    <SideCard
      className="vehicle-card trip-card"
      data-trip-card={trip.id}
      title={trip.riderId}
      label={TEXTS.tripOf(trip.riderId)}
      chip={<span className="chip">{stateText(trip)}</span>}
      closeLabel={TEXTS.close}
      onClose={() => session.$selection.set(null)}
    >
      <TripFacts session={session} trip={trip} now={now} />
    </SideCard>
  );
}

/** From, to and times of a trip, who was asked and what they answered, and its chat. */
export function TripFacts({ session, trip, now }: { session: BoardSession; trip: Trip; now: number }) {
  useStore(session.$trips);
  const { pickup, dropoff, driverId, createdAt, changedAt, state, eta, offers = [] } = trip;
  const end = isOpen(state) ? now : changedAt;
  return (
    <>
      <dl className="trip-facts">
        <dt>{TEXTS.from}</dt>
        <dd>{nameOf(pickup)}</dd>
        <dt>{TEXTS.to}</dt>
        <dd>{nameOf(dropoff)}</dd>
        <dt>{TEXTS.driver}</dt>
        <dd>{driverId ?? TEXTS.noDriver}</dd>
        <dt>{TEXTS.requested}</dt>
        <dd>{TEXTS.since(day.format(createdAt), duration(end - createdAt))}</dd>
        {eta !== null && isOpen(state) && (
          <>
            <dt>{TEXTS.eta}</dt>
            <dd>{quantityText(remaining(eta.at - now))}</dd>
          </>
        )}
      </dl>
      <h3>{TEXTS.timeline}</h3>
      <ol className="timeline">
        {timelineOf(trip, now).map(({ name, at, ms, share }) => (
          <li key={name} data-state={name}>
            <span>{TRIP_STATE_NAMES[name]}</span>
            <time dateTime={new Date(at).toISOString()}>{clock.format(at)}</time>
            <span className="timeline-bar" aria-hidden style={{ inlineSize: `${share * 100}%` }} />
            <small>{ms === null ? '' : duration(ms)}</small>
          </li>
        ))}
      </ol>
      <h3>{TEXTS.asked}</h3>
      {offers.length === 0 && <p className="card-line">{TEXTS.nobodyAsked}</p>}
      {offers.length > 0 && (
        <ol className="trip-offers">
          {offers.map(({ driverId: asked, at, answer, answeredAt }) => (
            <li key={`${asked} ${at}`}>
              <button
                type="button"
                className="link"
                onClick={() => session.$selection.set({ kind: 'driver', id: asked })}
              >
                {asked}
              </button>
              <span>{ANSWERS[answer]}</span>
              <small>{answeredAt === null ? age(now - at) : TEXTS.after(age(answeredAt - at))}</small>
            </li>
          ))}
        </ol>
      )}
      <ChatHistory key={trip.id} session={session} tripId={trip.id} />
    </>
  );
}

/** Returns the state of a trip, and why it was cancelled. */
function stateText({ state, cancelled }: Trip): string {
  if (cancelled === null) return TRIP_STATE_NAMES[state];
  return cancelled.reason === 'no_driver' ? TEXTS.noDriverFound : TEXTS.cancelledBy[cancelled.by];
}
