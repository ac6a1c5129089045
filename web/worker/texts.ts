/** Texts of notifications. */
export const TEXTS = {
  offer: { title: 'New trip', body: 'Open the app to accept it.' },
  arrival: { title: 'Your car is here', body: 'Your driver is waiting at the pick-up.' },
  message: {
    rider: { title: 'Message from your driver', body: 'Open the app to read it.' },
    driver: { title: 'Message from your rider', body: 'Open the app to read it.' },
  },
  alert: { title: 'Alert', body: 'Open the board to see it.' },
} as const;

/** Titles of alerts by their kind. */
export const ALERTS = {
  driver_silent: 'No signal from a driver on a trip',
  no_driver: 'No driver accepted a trip',
  second_device: 'A driver uses two devices',
  far_step: 'A trip step was taken far from its place',
  accident: 'Accident reported',
  breakdown: 'Breakdown reported',
  threat: 'Threat reported',
  other: 'Incident reported',
} as const;
