import { TEXTS } from './apps/not-found/texts.js';
import { speak } from './shared/i18n/speak.js';

// The English texts are in the HTML, so that they show without JavaScript.
void speak({
  english: () => import('./apps/not-found/english.js'),
  es: () => import('./apps/not-found/es.js'),
}).then(() => {
  for (const element of document.querySelectorAll<HTMLElement>('[data-text]'))
    element.textContent = TEXTS[element.dataset.text as keyof typeof TEXTS];
});
