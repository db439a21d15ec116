// Counts down to the deadline as the world's clock does: a running clock ticks, a frozen one stands.
(() => {
  const pill = document.querySelector('[data-deadline]');
  if (!pill || pill.dataset.running !== 'true') return;
  const opened = performance.now();
  const left = Number(pill.dataset.deadline);
  const show = () => {
    const rest = Math.max(0, Math.ceil(left - (performance.now() - opened) / 1000));
    const two = (n) => String(n).padStart(2, '0');
    const hours = Math.floor(rest / 3600);
    pill.textContent = (hours ? hours + ':' : '') + two(Math.floor(rest / 60) % 60) + ':' + two(rest % 60);
    if (rest === 0) { location.reload(); return; }
    setTimeout(show, 250);
  };
  show();
})();
