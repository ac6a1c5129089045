import type { Translation } from '../../shared/i18n/translation.js';
import type * as English from './texts.js';

export const texts: Translation<typeof English> = {
  PAGE: { title: 'Página no encontrada · Hexfleet' },
  TEXTS: {
    title: 'No hay ninguna página en esta dirección',
    hint: 'Puede que el enlace esté incompleto o que la página se haya movido.',
    home: 'Inicio',
    rider: 'App del pasajero',
    driver: 'App del conductor',
    dispatch: 'Tablero de despacho',
  },
};
