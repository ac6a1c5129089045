import type { Translation } from '../../shared/i18n/translation.js';
import type * as English from './service-area-texts.js';

export const texts: Translation<typeof English> = {
  AREA_TEXTS: { pickupPoint: (name) => `Punto de recogida ${name}` },
};
