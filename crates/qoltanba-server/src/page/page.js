// What the page does better with a script: dropping files, telling that something is going on, the
// camera. Everything works without it.
"use strict";
(() => {
  const show = (element, on) => { if (element) element.hidden = !on; };

  for (const form of document.querySelectorAll("form[data-max]")) {
    const status = form.querySelector("[role=status]");
    const say = (text) => { status.textContent = text; };
    form.addEventListener("submit", (event) => {
      let octets = 0;
      for (const input of form.querySelectorAll("input[type=file]"))
        for (const file of input.files) octets += file.size;
      if (octets > Number(form.dataset.max)) {
        event.preventDefault();
        say(form.dataset.large);
        return;
      }
      say(form.dataset.wait);
      show(form.querySelector("progress"), true);
      // What is disabled before a form is sent goes with none of its fields.
      setTimeout(() => { for (const button of form.querySelectorAll("button")) button.disabled = true; }, 0);
    });
  }

  // A page that comes back from the history is ready again.
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-max]")) {
      for (const button of form.querySelectorAll("button")) button.disabled = false;
      show(form.querySelector("progress"), false);
      form.querySelector("[role=status]").textContent = "";
    }
  });

  for (const zone of document.querySelectorAll("[data-drop]")) {
    const input = document.getElementById(zone.dataset.drop);
    show(zone.querySelector("[data-drop-hint]"), true);
    const over = (event) => {
      if (!event.dataTransfer || !event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      zone.classList.toggle("over", event.type === "dragover");
    };
    zone.addEventListener("dragover", over);
    zone.addEventListener("dragleave", () => zone.classList.remove("over"));
    zone.addEventListener("drop", (event) => {
      over(event);
      if (event.dataTransfer.files.length > 0) {
        input.files = event.dataTransfer.files;
        input.focus();
      }
    });
  }
  // A file that misses the zone must not take the place of the page.
  for (const type of ["dragover", "drop"]) addEventListener(type, (event) => event.preventDefault());

  for (const button of document.querySelectorAll("[data-print]")) {
    show(button, true);
    button.addEventListener("click", () => print());
  }

  const live = document.querySelector("[data-live]");
  if (live) scan(live);

  function scan(live) {
    const part = (name) => live.querySelector(`[data-live-${name}]`);
    const form = live.closest("form");
    const able = isSecureContext && "BarcodeDetector" in window
      && navigator.mediaDevices && navigator.mediaDevices.getUserMedia;
    show(live, true);
    if (!able) { show(part("unable"), true); return; }
    const [start, stop, done] = [part("start"), part("stop"), part("done")];
    const [video, seen] = [part("video"), part("seen")];
    const texts = new Set();
    let stream = null;
    show(start, true);

    const end = () => {
      if (stream) for (const track of stream.getTracks()) track.stop();
      stream = null;
      for (const element of [video, stop]) show(element, false);
      show(start, true);
    };

    const look = async (detector) => {
      if (!stream) return;
      try {
        for (const code of await detector.detect(video)) if (code.rawValue) texts.add(code.rawValue);
      } catch { /* A picture that is not ready yet has no codes. */ }
      const text = `${seen.dataset.text} ${texts.size}`;
      if (seen.textContent !== text) seen.textContent = text;
      show(done, texts.size > 0);
      setTimeout(look, 150, detector);
    };

    start.addEventListener("click", async () => {
      try {
        const detector = new BarcodeDetector({ formats: ["qr_code"] });
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1920 } } });
        video.srcObject = stream;
        await video.play();
        for (const element of [video, stop, seen]) show(element, true);
        show(start, false);
        look(detector);
      } catch {
        end();
        show(part("denied"), true);
      }
    });
    stop.addEventListener("click", end);
    done.addEventListener("click", () => {
      const files = new DataTransfer();
      files.items.add(new File([JSON.stringify([...texts])], "barcodes.json", { type: "application/json" }));
      end();
      form.querySelector("input[type=file]").files = files.files;
      form.requestSubmit();
    });
    addEventListener("pagehide", end);
  }
})();
