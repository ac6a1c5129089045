import { useStore } from '@nanostores/react';
import { Suspense } from 'react';
import type { AreaAlerts } from '../live/area-alerts.js';
import { lazyWithRetry } from '../ui/lazy-with-retry.js';
import type { NoticeCard } from './notice-card.js';

type Props = { alerts: AreaAlerts; messages: readonly NoticeCard[] };

const NoticeCards = lazyWithRetry(() => import('./NoticeCards.js'));

/** Alerts and messages from dispatch. Their cards load with the first one. */
export function Notices({ alerts, messages }: Props) {
  const current = useStore(alerts.$current).map(({ id, text }): NoticeCard => {
    return { kind: 'alert', key: id, text, onDismiss: () => alerts.dismiss(id) };
  });
  const cards = [...current, ...messages];
  return (
    <div className="notices" role="status">
      {cards.length > 0 && (
        <Suspense>
          <NoticeCards cards={cards} />
        </Suspense>
      )}
    </div>
  );
}
