// Runs in the browser. Who is not signed in is sent to the provider without being asked, as many
// apps do it: what the provider's own cookie does then is the story.
const { csrfToken } = await (await fetch("/auth/csrf")).json();
const form = document.getElementById("sign-in");
form.elements.csrfToken.value = csrfToken;
form.submit();
