import type { Translation } from '../../shared/i18n/translation.js';
import type * as English from './share-texts.js';

export const texts: Translation<typeof English> = {
  TEXTS: {
    title: 'Comparte tu viaje',
    hint: 'Quien tenga el enlace puede ver dónde está el auto y cuándo llega, hasta que termine el viaje.',
    places: 'Mostrar también recogida, destino y ruta',
    create: 'Crear enlace',
    link: 'Enlace a tu viaje',
    copy: 'Copiar enlace',
    copied: 'Copiado',
    send: 'Enviar enlace',
    stop: 'Dejar de compartir',
    message: 'Sigue mi viaje',
    back: 'Atrás',
  },
};
