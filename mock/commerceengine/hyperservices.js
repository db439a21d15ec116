// Understudy's stand-in for Juspay's HyperServices: its published surface, over the simulator's own payment page in a frame.
//
//   const hyper = new HyperServices();
//   hyper.initiate({requestId, service: 'in.juspay.hyperpay', payload: {action: 'initiate', merchantId, clientId, environment: 'sandbox', hyperSDKDiv: 'pay'}}, callback);
//   hyper.process(paymentInfo.sdk_payload);
//
// The callback gets {event, …}: an object, or, if the script was loaded with ?events=text, the same as JSON text. Code that takes either is right at Juspay too.
(() => {
  'use strict';
  const script = document.currentScript || document.querySelector('script[src*="/hyper-sdk-web/HyperServices.js"]');
  const source = new URL(script.src);
  const base = source.href.split('/hyper-sdk-web/')[0]; // whatever world or tenant stands before it
  const asText = source.searchParams.get('events') === 'text';
  const SERVICE = 'in.juspay.hyperpay';

  const fine = { error: false, errorCode: '', errorMessage: '' };
  const wrong = (errorCode, errorMessage) => ({ error: true, errorCode, errorMessage });

  // missing names the first of the members that is not a text of some length.
  const missing = (object, names) => names.find((name) => typeof object?.[name] !== 'string' || object[name] === '');

  const problemOf = (request, action, names) => {
    if (request === null || typeof request !== 'object') return 'the payload is no object';
    const outer = missing(request, ['requestId', 'service']);
    if (outer) return `${outer} is missing`;
    if (request.service !== SERVICE) return `service is ${request.service}; ${SERVICE} would be right`;
    const inner = missing(request.payload, ['action', ...names]);
    if (inner) return `payload.${inner} is missing`;
    if (request.payload.action !== action) return `payload.action is ${request.payload.action}; ${action} would be right`;
    return '';
  };

  const read = (request) => {
    if (typeof request !== 'string') return request;
    try { return JSON.parse(request); } catch { return null; }
  };

  class HyperServices {
    #callback = null;
    #settings = null;
    #place = null; // what holds the open payment page
    #loading = null; // the request whose loader is shown
    #listener = null;

    // initiate makes it ready. How it went comes as initiate_result.
    initiate(request, callback) {
      if (typeof callback !== 'function') throw new TypeError('HyperServices.initiate needs a callback as its second argument');
      request = read(request);
      const problem = problemOf(request, 'initiate', ['merchantId', 'clientId', 'environment']);
      this.#callback = callback;
      this.#settings = problem ? null : request.payload;
      const status = problem ? 'failure' : 'success';
      this.#tell(request, { event: 'initiate_result', ...(problem ? wrong('JP_003', problem) : fine), payload: { action: 'initiate', status } });
    }

    isInitialised() { return this.#settings !== null; }

    // process opens the payment page of an attempt. What became of it comes as process_result, or as session_expired.
    process(request) {
      if (!this.isInitialised()) throw new Error('HyperServices.process needs initiate to have succeeded');
      request = read(request);
      const problem = problemOf(request, 'paymentPage', ['merchantId', 'orderId', 'clientAuthToken']);
      if (problem) return this.#result(request, 'api_failure', 'JP_003', problem);
      if (!/^https?:/.test(location.origin)) return this.#result(request, 'api_failure', 'JP_003', `a page of origin ${location.origin} cannot be told anything; serve it over http or https`);
      const div = this.#settings.hyperSDKDiv;
      if (div && !document.getElementById(div)) return this.#result(request, 'api_failure', 'JP_003', `the page has no element with the id ${div}`);
      this.#close();
      this.#loading = request;
      this.#tell(request, { event: 'show_loader' });
      const frame = this.#open(request);
      this.#listener = ({ source: from, origin, data }) => {
        if (from !== frame.contentWindow || origin !== source.origin) return;
        this.#close();
        this.#tell(request, data);
      };
      addEventListener('message', this.#listener);
    }

    // terminate closes what is open and forgets everything.
    terminate() {
      this.#close();
      this.#callback = this.#settings = null;
    }

    #open(request) {
      const { merchantId, orderId, clientAuthToken } = request.payload;
      const frame = document.createElement('iframe');
      frame.title = 'Payment';
      frame.src = `${base}/hyper-sdk-web/${[merchantId, 'session', orderId, clientAuthToken].map(encodeURIComponent).join('/')}?parent=${encodeURIComponent(location.origin)}`;
      Object.assign(frame.style, { display: 'block', width: '100%', height: '100%', minHeight: '51rem', border: '0' });
      frame.addEventListener('load', () => this.#loaded());
      this.#place = this.#settings.hyperSDKDiv ? frame : this.#fullScreen(request, frame);
      (document.getElementById(this.#settings.hyperSDKDiv) ?? document.body).append(this.#place);
      this.#place.showModal?.();
      return frame;
    }

    // fullScreen lays the frame over the whole page. Going back, by its button or by Escape, leaves the payment open.
    #fullScreen(request, frame) {
      const dialog = document.createElement('dialog');
      const back = document.createElement('button');
      const goBack = () => { this.#close(); this.#result(request, 'backpressed', 'JP_002', 'the customer went back'); };
      Object.assign(dialog.style, { inset: '0', width: '100vw', height: '100vh', maxWidth: 'none', maxHeight: 'none', padding: '0', border: '0', display: 'grid', gridTemplateRows: 'auto 1fr' });
      Object.assign(back.style, { justifySelf: 'start', margin: '.5rem', padding: '.4rem .9rem', font: '16px system-ui, sans-serif', borderRadius: '99px', border: '1px solid', cursor: 'pointer' });
      frame.style.minHeight = '0';
      back.type = 'button';
      back.textContent = '← Back';
      back.dataset.testid = 'back';
      back.addEventListener('click', goBack);
      dialog.addEventListener('cancel', (event) => { event.preventDefault(); goBack(); });
      dialog.append(back, frame);
      return dialog;
    }

    #loaded() {
      if (this.#loading) this.#tell(this.#loading, { event: 'hide_loader' });
      this.#loading = null;
    }

    #close() {
      this.#loaded();
      removeEventListener('message', this.#listener);
      this.#place?.remove();
      this.#listener = this.#place = null;
    }

    #result(request, status, errorCode, errorMessage) {
      this.#tell(request, { event: 'process_result', ...wrong(errorCode, errorMessage), payload: { status } });
    }

    #tell(request, news) {
      const callback = this.#callback;
      const told = { requestId: request?.requestId ?? '', service: SERVICE, ...news };
      queueMicrotask(() => callback?.(asText ? JSON.stringify(told) : told));
    }
  }

  window.HyperServices = HyperServices;
})();
