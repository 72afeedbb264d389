//! Reads and writes open files from where they stand.

use std::io::{self, Read, Seek, SeekFrom, Write};

use super::file::File;

impl Read for File {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Real(file) => file.read(buffer),
            #[cfg(test)]
            Self::Simulated(file) => file.read(buffer),
        }
    }

    fn read_to_end(&mut self, bytes: &mut Vec<u8>) -> io::Result<usize> {
        match self {
            Self::Real(file) => file.read_to_end(bytes),
            #[cfg(test)]
            Self::Simulated(file) => file.read_to_end(bytes),
        }
    }
}

impl Write for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Real(file) => file.write(bytes),
            #[cfg(test)]
            Self::Simulated(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for File {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        match self {
            Self::Real(file) => file.seek(position),
            #[cfg(test)]
            Self::Simulated(file) => file.seek(position),
        }
    }
}
