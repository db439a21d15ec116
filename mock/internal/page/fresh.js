// A page that the browser brings back as it was left may tell of what is over by now: it is loaded again.
addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
