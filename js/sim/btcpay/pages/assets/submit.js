/** Sends the page's form as soon as it is read: the application that asked for a key gets it. */
document.querySelector('form')?.submit();
