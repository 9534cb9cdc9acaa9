"use strict";
const read = data => {
  try {
    return data.json() || {};
  } catch {
    return {};
  }
};

self.addEventListener("push", event => {
  const { title, body, url, image, tag } = read(event.data);
  if (title) event.waitUntil(self.registration.showNotification(title, { body, image, tag, data: url }));
});

self.addEventListener("notificationclick", event => {
  event.notification.close();
  const url = String(event.notification.data);
  if (/^https?:\/\//i.test(url)) event.waitUntil(self.clients.openWindow(url));
});
