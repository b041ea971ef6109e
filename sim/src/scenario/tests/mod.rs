//! The format as a whole: what is right is read in full, what is wrong is said in full.

mod good;
mod hostile;
mod shipped;
mod wrong;
