// Tells the shop's page that holds this one in a frame what became of the payment. A page of another origin hears nothing.
(() => {
  const { shop, news } = document.querySelector('main').dataset;
  if (shop && news && parent !== window) parent.postMessage(JSON.parse(news), shop);
})();
