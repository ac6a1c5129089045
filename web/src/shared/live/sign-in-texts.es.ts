import type { Translation } from '../i18n/translation.js';
import type * as English from './sign-in-texts.js';

export const texts: Translation<typeof English> = {
  TEXTS: {
    title: 'La sesión no está iniciada',
    text: 'Inicia sesión con tu operador y vuelve a abrir esta página.',
    blocked:
      'Esta página guarda la sesión en esta pestaña. Permite las cookies y los datos de este sitio y vuelve a iniciar sesión.',
    reload: 'Volver a cargar',
  },
};
