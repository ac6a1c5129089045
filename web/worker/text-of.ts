import type { PushMessage } from '../../libs/protocol/src/push.js';
import type { Translation } from '../src/shared/i18n/translation.js';
import { texts as es } from './texts.es.js';
import * as en from './texts.js';

const LANGUAGES: Readonly<Record<string, Translation<typeof en>>> = { en, es };

export type NotificationText = {
  title: string;
  body: string;
  /** language of title and body */
  lang: string;
};

const isAlert = (kind: string): kind is keyof typeof en.ALERTS => Object.hasOwn(en.ALERTS, kind);

/** Returns the text of a notification in the language of its device; in English if there is no translation. */
export function textOf(
  { kind, text, alert = '', language = '' }: PushMessage,
  page: string,
): NotificationText {
  const [spoken = ''] = language.split('-');
  const lang = Object.hasOwn(LANGUAGES, spoken) ? spoken : 'en';
  const { TEXTS, ALERTS } = LANGUAGES[lang]!;
  if (kind === 'message') {
    const { title, body } = TEXTS.message[page === '/driver' ? 'driver' : 'rider'];
    return { title, body: text ?? body, lang };
  }
  const { title, body } = TEXTS[kind];
  return { title: isAlert(alert) ? ALERTS[alert] : title, body, lang };
}
