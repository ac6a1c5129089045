import { useStore } from '@nanostores/react';
import type { BoardSession } from '../../session.js';
import { Queue } from '../Queue.js';
import type { ZonesStore } from '../zones-store.js';
import type { Editing } from './editing.js';
import { Publish } from './Publish.js';
import { Versions } from './Versions.js';
import { ZoneForm } from './ZoneForm.js';

type Props = { session: BoardSession; store: ZonesStore; editing: Editing };

/** Side column while the draft is edited: the form of the selected zone, the review before publishing, or the versions. */
export default function EditSide({ session, store, editing }: Props) {
  const side = useStore(store.$side);
  const published = useStore(store.$published);
  useStore(editing.$draft);
  useStore(store.$selected);
  if (side === 'publish') return <Publish store={store} editing={editing} />;
  if (side === 'versions') return <Versions store={store} editing={editing} />;
  const zone = editing.selected();
  if (zone === null) return null;
  const inForce = published
    .find(({ region }) => region === editing.region)
    ?.zones.find(({ id }) => id === zone.id);
  return (
    <>
      <ZoneForm key={zone.id} session={session} store={store} editing={editing} zone={zone} />
      {inForce?.kind === 'queue' && (
        <div className="side-card zone-card">
          <Queue session={session} store={store} zone={store.selected()!} />
        </div>
      )}
    </>
  );
}
