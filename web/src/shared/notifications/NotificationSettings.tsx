import { useEffect, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import type { NotificationKind } from '#protocol';
import type { PushSettings, PushState, UserApi } from '#sdk';
import './notifications.css';
import { type PushStatus, PushSubscriber } from './push-subscriber.js';
import { KINDS, STATUS_HINTS, TEXTS } from './texts.js';

type Role = 'rider' | 'driver' | 'dispatcher';

/** User of the settings, and the device. */
export type NotificationUser = { role: Role; api: UserApi; deviceId: string };

const KINDS_OF: Record<Role, readonly NotificationKind[]> = {
  rider: ['arrival', 'message'],
  driver: ['offer', 'message'],
  dispatcher: ['alert'],
};
const PAGES: Record<Role, string> = { rider: '/rider', driver: '/driver', dispatcher: '/dispatch' };

type Props = { user: NotificationUser; onClose: () => void };
type Loaded = { state: PushState; status: PushStatus; subscriber: PushSubscriber };

async function load(user: NotificationUser): Promise<Loaded> {
  const registration = await navigator.serviceWorker?.getRegistration(PAGES[user.role]);
  const subscriber = new PushSubscriber(user, registration);
  const state = await user.api.push();
  return { state, status: await subscriber.status(state), subscriber };
}

/** Opens the dialog above the page; one at a time. */
export function openSettings(user: NotificationUser): void {
  if (document.querySelector('.notification-settings') !== null) return;
  const place = document.createElement('div');
  document.body.append(place);
  const root = createRoot(place);
  const close = () => {
    root.unmount();
    place.remove();
  };
  root.render(<NotificationSettings user={user} onClose={close} />);
}

/** Turns notifications on and off: on this device, and each kind. */
function NotificationSettings({ user, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    dialog.current?.showModal();
    load(user).then(setLoaded, () => setProblem(TEXTS.failed));
  }, [user]);

  const perform = async (work: () => Promise<unknown>, failed: string) => {
    setBusy(true);
    setProblem(null);
    await work().catch(() => setProblem(failed));
    await load(user).then(setLoaded, () => setProblem(TEXTS.failed));
    setBusy(false);
  };
  const toggleDevice = ({ subscriber, state, status }: Loaded) =>
    status === 'on'
      ? perform(() => subscriber.turnOff(), TEXTS.failed)
      : perform(() => subscriber.turnOn(state), TEXTS.noService);
  const change = ({ state, ...others }: Loaded, settings: PushSettings) => {
    // Shown at once; what is stored follows.
    setLoaded({ ...others, state: { ...state, settings } });
    return perform(() => user.api.setPushSettings(settings), TEXTS.failed);
  };

  return (
    <dialog
      ref={dialog}
      className="notification-settings"
      aria-labelledby="notifications-title"
      onClose={onClose}
    >
      <h2 id="notifications-title">{TEXTS.title}</h2>
      <p className="notification-hint">{TEXTS.hint}</p>
      {loaded === null && problem === null && <p role="status">{TEXTS.loading}</p>}
      {loaded !== null && (
        <>
          <Option
            label={TEXTS.device}
            isOn={loaded.status === 'on'}
            isDisabled={isBusy || loaded.status === 'blocked' || loaded.status === 'unsupported'}
            onChange={() => void toggleDevice(loaded)}
          />
          {STATUS_HINTS[loaded.status] !== '' && (
            <p className="notification-hint">{STATUS_HINTS[loaded.status]}</p>
          )}
          <Kinds
            user={user}
            settings={loaded.state.settings}
            isBusy={isBusy}
            onChange={(next) => void change(loaded, next)}
          />
        </>
      )}
      <p role="alert">{problem}</p>
      <button type="button" className="button button-wide" onClick={() => dialog.current?.close()}>
        {TEXTS.close}
      </button>
    </dialog>
  );
}

type KindsProps = {
  user: NotificationUser;
  settings: PushSettings;
  isBusy: boolean;
  onChange: (settings: PushSettings) => void;
};

function Kinds({ user, settings, isBusy, onChange }: KindsProps) {
  const { off, previews } = settings;
  const toggle = (kind: NotificationKind) =>
    onChange({
      ...settings,
      off: off.includes(kind) ? off.filter((other) => other !== kind) : [...off, kind],
    });
  return (
    <>
      {KINDS_OF[user.role].map((kind) => (
        <Option
          key={kind}
          label={KINDS[kind]}
          isOn={!off.includes(kind)}
          isDisabled={isBusy}
          onChange={() => toggle(kind)}
        />
      ))}
      {KINDS_OF[user.role].includes('message') && (
        <Option
          label={TEXTS.previews}
          isOn={previews}
          isDisabled={isBusy}
          onChange={() => onChange({ ...settings, previews: !previews })}
        />
      )}
    </>
  );
}

type OptionProps = { label: string; isOn: boolean; isDisabled: boolean; onChange: () => void };

const Option = ({ label, isOn, isDisabled, onChange }: OptionProps) => (
  <label className="notification-option">
    <span>{label}</span>
    <input type="checkbox" checked={isOn} disabled={isDisabled} onChange={onChange} />
  </label>
);
