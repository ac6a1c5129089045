import { plural } from '../i18n/plural.js';
import type { Translation } from '../i18n/translation.js';
import type * as English from './texts.js';

export const texts: Translation<typeof English> = {
  TEXTS: {
    loading: 'Cargando el mapa',
    noMap: 'Este navegador no puede mostrar el mapa. Todo lo demás funciona.',
    zoomIn: 'Acercar',
    zoomOut: 'Alejar',
    recentre: 'Centrar',

    chat: 'Chat',
    unread: (n) => plural(n, { one: '1 mensaje sin leer', other: '# mensajes sin leer' }),
    cancel: 'Cancelar',
    confirmCancel: 'Cancelar viaje',
    keepTrip: 'Seguir con el viaje',
    fromDispatch: 'Mensaje de despacho',
    dismiss: 'Cerrar mensaje',
    areaAlert: 'Alerta para esta zona',
    dismissAlert: 'Cerrar alerta',

    connecting: 'Conectando',
    offline: 'Sin conexión',
    refused: 'Tu sesión terminó. Vuelve a iniciar sesión.',
    reload: 'Volver a cargar',
  },
};
